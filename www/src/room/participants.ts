/** A tile for each participant, with picture, sound, and whether they speak; and one for each screen share. */
import { type Participant, type Room, Track, type TrackPublication } from 'livekit-client';
import type { RoomChoice } from '../ask/room-choice.ts';
import { offerModeration } from '../channel/moderation.ts';
import { byId, isolated } from '../dom.ts';

const SCREEN = ' screen';

const place = () => byId('participants');
const tiles = new Map<string, HTMLElement>();

/** Updates the tiles. Those that stay keep their elements, so that pictures do not flicker. */
export function showParticipants(room: Room, choice: RoomChoice): void {
  const all: Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  const keys = new Set(all.flatMap((one) => [one.identity, ...(sharesScreen(one) ? [one.identity + SCREEN] : [])]));
  for (const [key, tile] of tiles) {
    if (keys.has(key)) continue;
    // The focus would be lost with the button that has removed the participant.
    if (tile.contains(document.activeElement)) byId('leave').focus();
    tile.remove();
    tiles.delete(key);
  }
  for (const participant of all) {
    const { identity } = participant;
    const tile = tiles.get(identity) ?? newTile(identity, choice, participant);
    update(tile, participant);
    if (sharesScreen(participant)) {
      showScreen(tiles.get(identity + SCREEN) ?? newTile(identity + SCREEN, choice, participant), participant);
    }
  }
  place().hidden = false;
}

export function forgetParticipants(): void {
  tiles.clear();
  place().replaceChildren();
  place().hidden = true;
}

function newTile(key: string, choice: RoomChoice, { identity, isLocal }: Participant): HTMLElement {
  const template = byId<HTMLTemplateElement>('tile').content.firstElementChild as HTMLElement;
  const tile = document.importNode(template, true);
  const menu = part(tile, '.menu');
  tiles.set(key, tile);
  if (key === identity) {
    tile.dataset['identity'] = identity;
    place().append(tile);
  } else {
    // A screen is large, and comes first.
    tile.dataset['screen'] = identity;
    tile.classList.add('shared');
    place().prepend(tile);
  }
  if (isLocal || key !== identity || choice.kind === 'group') menu.remove();
  else offerModeration(menu, choice, identity);
  return tile;
}

function update(tile: HTMLElement, participant: Participant): void {
  const name = participant.name || participant.identity;
  part(tile, 'b').textContent = participant.isLocal ? `${isolated(name)} (you)` : name;
  part(tile, '.state').textContent = stateOf(participant);
  tile.classList.toggle('speaking', participant.isSpeaking);
  part(tile, '.picture').dataset['initial'] = [...name][0]?.toUpperCase() ?? '?';
  const shown = publications(participant).filter(({ source }) => source !== Track.Source.ScreenShare);
  showTracks(tile, participant, shown);
}

function showScreen(tile: HTMLElement, participant: Participant): void {
  part(tile, 'b').textContent = participant.name || participant.identity;
  part(tile, '.state').textContent = participant.isLocal ? 'shares your screen' : 'shares a screen';
  const shown = publications(participant).filter(({ source }) => source === Track.Source.ScreenShare);
  showTracks(tile, participant, shown);
}

function showTracks(tile: HTMLElement, participant: Participant, shown: readonly TrackPublication[]): void {
  const picture = part(tile, '.picture');
  for (const element of picture.querySelectorAll<HTMLMediaElement>('video, audio')) {
    if (!shown.some(({ trackSid }) => trackSid === element.dataset['track'])) element.remove();
  }
  for (const { track, trackSid } of shown) {
    // One's own voice would be an echo.
    const isOwnSound = participant.isLocal && track?.kind === Track.Kind.Audio;
    if (track === undefined || isOwnSound || picture.querySelector(`[data-track="${CSS.escape(trackSid)}"]`)) continue;
    const element = track.attach();
    element.dataset['track'] = trackSid;
    picture.append(element);
  }
}

const publications = (participant: Participant): TrackPublication[] =>
  [...participant.trackPublications.values()].filter(({ track, isMuted }) => track !== undefined && !isMuted);

const sharesScreen = (participant: Participant): boolean =>
  publications(participant).some(({ source }) => source === Track.Source.ScreenShare);

function stateOf(participant: Participant): string {
  const sends = [
    participant.isMicrophoneEnabled ? 'microphone' : '',
    participant.isCameraEnabled ? 'camera' : '',
    participant.isScreenShareEnabled ? 'screen' : '',
  ].filter(Boolean);
  if (participant.isSpeaking) return 'is speaking';
  return sends.length > 0 ? `sends ${sends.join(', ')}` : 'sends nothing';
}

const part = (tile: HTMLElement, selector: string): HTMLElement => tile.querySelector(selector) as HTMLElement;
