/** The buttons of who is in the room. Each follows the grants of the token: without the grant it says why not. */
import { type Room, Track } from 'livekit-client';
import type { Json } from '#inspect';
import { byId } from '../dom.ts';
import { type Source, whyNot } from './grants.ts';

const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('[data-send]')];
const sourceOf = (button: HTMLElement) => button.dataset['send'] as Source;

/** Shows the buttons for this room; the answer makes them what the room is now. */
export function showControls(room: Room, claims: Json): () => void {
  const problem = byId('media-problem');
  for (const button of buttons()) {
    const source = sourceOf(button);
    const reason = whyNot(claims, source);
    button.disabled = reason !== undefined;
    byId(`why-${source}`).textContent = reason ? `${button.textContent}: ${reason}` : '';
    button.onclick = async () => {
      problem.textContent = '';
      button.disabled = true;
      await send(room, source, button.getAttribute('aria-pressed') !== 'true').catch((error: Error) => {
        problem.textContent = sentence(error);
      });
      button.disabled = false;
      button.focus();
    };
  }
  byId('leave').onclick = () => room.disconnect();
  byId('hear').onclick = () => room.startAudio();
  byId('controls').hidden = false;
  return () => {
    for (const button of buttons()) {
      const isOn = room.localParticipant.getTrackPublication(sourceOf(button) as Track.Source)?.isMuted === false;
      button.setAttribute('aria-pressed', `${isOn}`);
    }
    byId('hear').hidden = room.canPlaybackAudio;
  };
}

export function hideControls(): void {
  byId('controls').hidden = true;
  byId('media-problem').textContent = '';
}

function send(room: Room, source: Source, on: boolean): Promise<unknown> {
  switch (source) {
    case Track.Source.Microphone:
      return room.localParticipant.setMicrophoneEnabled(on);
    case Track.Source.Camera:
      return room.localParticipant.setCameraEnabled(on);
    default:
      return room.localParticipant.setScreenShareEnabled(on);
  }
}

function sentence({ name, message }: Error): string {
  if (name === 'NotAllowedError') return 'The browser, or you, did not allow it.';
  if (name === 'NotFoundError') return 'This machine has no such device.';
  if (name === 'NotReadableError') return 'The device is in use by another program.';
  return `It could not be sent: ${message}`;
}
