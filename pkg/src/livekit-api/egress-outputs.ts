/** Outputs and encoding of an egress, as requests have them. */
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

/** Where an egress goes. */
interface OutputFields {
  fileOutputs?: EncodedFileOutput[];
  streamOutputs?: StreamOutput[];
  segmentOutputs?: SegmentedFileOutput[];
  imageOutputs?: ImageOutput[];
}

/** The one output of an egress, for servers that know no lists. */
type OneOutput =
  | { case: 'file'; value: EncodedFileOutput }
  | { case: 'stream'; value: StreamOutput }
  | { case: 'segments'; value: SegmentedFileOutput };

const has = (output: object, ...names: string[]): boolean =>
  names.some((name) => (output as Record<string, unknown>)[name] !== undefined);

/** The lists of outputs; with them, for a single output that is not of {@link EncodedOutputs}, the older field. */
export function outputsOf(output: Outputs): OutputFields & { output?: OneOutput } {
  if (has(output, 'file', 'stream', 'segments', 'images')) {
    const { file, stream, segments, images } = output as EncodedOutputs;
    return {
      ...(file && { fileOutputs: [file] }),
      ...(stream && { streamOutputs: [stream] }),
      ...(segments && { segmentOutputs: [segments] }),
      ...(images && { imageOutputs: [images] }),
    };
  }
  // Plain objects are accepted too, so that the fields tell the kinds apart and not the classes.
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

/** A preset or options, if there are any. The preset 0 is the server's default. */
export function encodingOf(options: EncodingOptionsPreset | EncodingOptions | undefined): {
  options?: { case: 'preset'; value: EncodingOptionsPreset } | { case: 'advanced'; value: EncodingOptions };
} {
  if (!options) return {};
  return {
    options: typeof options === 'number' ? { case: 'preset', value: options } : { case: 'advanced', value: options },
  };
}
