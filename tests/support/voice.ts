/** A voice for Chromium's fake microphone, as a WAV file that Chromium repeats. */

const RATE_HZ = 48_000;
const TONE_HZ = 440;
const SYLLABLE_SECONDS = 0.3;
const PAUSE_SECONDS = 0.1;
/** Of 32767: half of full scale. */
const AMPLITUDE = 16_000;
const HEADER_BYTES = 44;

/**
 * A 440 Hz tone with a pause after each 0.3 s, because Chromium's noise suppression removes a steady tone.
 *
 * LiveKit's server reports a speaker whose level is above -35 dBov during 40 % of 400 ms (`audio` in its settings). The
 * beeps of the fake microphone, 20 ms every half second, reach that for less than a second after it starts or never, so
 * that a page that is busy then never shows a speaker.
 */
export function voice(): Buffer {
  const samples = RATE_HZ * (SYLLABLE_SECONDS + PAUSE_SECONDS);
  const wav = Buffer.alloc(HEADER_BYTES + 2 * samples);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // one channel
  wav.writeUInt32LE(RATE_HZ, 24);
  wav.writeUInt32LE(2 * RATE_HZ, 28); // bytes a second
  wav.writeUInt16LE(2, 32); // bytes a sample
  wav.writeUInt16LE(16, 34); // bits a sample
  wav.write('data', 36);
  wav.writeUInt32LE(2 * samples, 40);
  for (let at = 0; at < RATE_HZ * SYLLABLE_SECONDS; at++) {
    const level = AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * at) / RATE_HZ);
    wav.writeInt16LE(Math.round(level), HEADER_BYTES + 2 * at);
  }
  return wav;
}
