/** The buttons of a participant. Each follows the grants of the token: without the grant it says why not. */
import { type Room, Track } from 'livekit-client';
import type { Json } from '#inspect';
import { byId } from '../dom.ts';
import { clearPanel, type Panel, showPanel } from '../panel.ts';
import { type Source, whyNot } from './grants.ts';

const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('[data-send]')];
const sourceOf = (button: HTMLElement) => button.dataset['send'] as Source;

/** Shows the buttons for this room; returns what updates them. */
export function showControls(room: Room, claims: Json): () => void {
  const problem = byId('media-problem');
  clearPanel(problem);
  for (const button of buttons()) {
    const source = sourceOf(button);
    const reason = whyNot(claims, source);
    button.disabled = reason !== undefined;
    byId(`why-${source}`).textContent = reason ? `${button.textContent}: ${reason}` : '';
    button.onclick = async () => {
      clearPanel(problem);
      button.disabled = true;
      await send(room, source, button.getAttribute('aria-pressed') !== 'true').catch((error: Error) => {
        showPanel(problem, toPanel(source, error));
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
  clearPanel(byId('media-problem'));
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

const NAMES: Record<Source, string> = { microphone: 'microphone', camera: 'camera', screen_share: 'screen share' };

function toPanel(source: Source, { name, message }: Error): Panel {
  const title = `The ${NAMES[source]} could not be started`;
  const kind = 'warning';
  switch (name) {
    case 'NotAllowedError':
      return {
        kind,
        title,
        text: 'The browser or you did not allow it.',
        next: 'Allow it in the settings of this page, then press the button again.',
      };
    case 'NotFoundError':
      return {
        kind,
        title,
        text: 'This machine has no such device.',
        next: 'Connect one, then press the button again.',
      };
    case 'NotReadableError':
      return {
        kind,
        title,
        text: 'Another program is using the device.',
        next: 'Close that program, then press the button again.',
      };
    default:
      return { kind, title, messages: [message], next: 'Press the button again, or leave and join again.' };
  }
}
