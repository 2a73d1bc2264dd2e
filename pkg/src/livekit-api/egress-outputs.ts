/** Converts outputs and encoding into fields of egress requests. */
import type {
  EncodedFileOutput,
  EncodingOptions,
  EncodingOptionsPreset,
  ImageOutput,
  SegmentedFileOutput,
  StreamOutput,
} from '@livekit/protocol';
import type { EncodedOutputs } from './egress-options.js';

/** One output, or several. */
export type Outputs = EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput;

/** The output fields of a request. */
interface OutputFields {
  fileOutputs?: EncodedFileOutput[];
  streamOutputs?: StreamOutput[];
  segmentOutputs?: SegmentedFileOutput[];
  imageOutputs?: ImageOutput[];
}

/** The older field for a single output, for servers that do not support lists. */
type OneOutput =
  | { case: 'file'; value: EncodedFileOutput }
  | { case: 'stream'; value: StreamOutput }
  | { case: 'segments'; value: SegmentedFileOutput };

const has = (output: object, ...names: string[]): boolean =>
  names.some((name) => (output as Record<string, unknown>)[name] !== undefined);

/** Returns the lists of outputs. A single output, which is not {@link EncodedOutputs}, is also in the older field. */
export function toOutputFields(output: Outputs): OutputFields & { output?: OneOutput } {
  if (has(output, 'file', 'stream', 'segments', 'images')) {
    const { file, stream, segments, images } = output as EncodedOutputs;
    return {
      ...(file && { fileOutputs: [file] }),
      ...(stream && { streamOutputs: [stream] }),
      ...(segments && { segmentOutputs: [segments] }),
      ...(images && { imageOutputs: [images] }),
    };
  }
  // Plain objects are accepted too, so that the kind is determined by fields, not by class.
  if (has(output, 'filepath', 'fileType')) {
    const value = output as EncodedFileOutput;
    return { fileOutputs: [value], output: { case: 'file', value } };
  }
  if (has(output, 'filenamePrefix', 'playlistName', 'filenameSuffix')) {
    const value = output as SegmentedFileOutput;
    return { segmentOutputs: [value], output: { case: 'segments', value } };
  }
  if (has(output, 'protocol', 'urls')) {
    const value = output as StreamOutput;
    return { streamOutputs: [value], output: { case: 'stream', value } };
  }
  return {};
}

/** Returns a preset or encoding options, if set. The preset 0 is the server's default. */
export function toEncoding(options: EncodingOptionsPreset | EncodingOptions | undefined): {
  options?: { case: 'preset'; value: EncodingOptionsPreset } | { case: 'advanced'; value: EncodingOptions };
} {
  if (!options) return {};
  return {
    options: typeof options === 'number' ? { case: 'preset', value: options } : { case: 'advanced', value: options },
  };
}
