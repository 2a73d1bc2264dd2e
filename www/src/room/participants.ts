/** Who is in the room: a tile for each, with picture, sound, and whether they speak. */
import { type Participant, type Room, Track, type TrackPublication } from 'livekit-client';
import { byId } from '../dom.ts';

const place = () => byId('participants');
const tiles = new Map<string, HTMLElement>();

/** Makes the tiles what the room is now. Tiles that stay keep their elements, so that pictures do not flicker. */
export function showParticipants(room: Room): void {
  const all: Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  const identities = new Set(all.map(({ identity }) => identity));
  for (const [identity, tile] of tiles) {
    if (identities.has(identity)) continue;
    tile.remove();
    tiles.delete(identity);
  }
  for (const participant of all) update(tileOf(participant.identity), participant);
  place().hidden = false;
}

export function forgetParticipants(): void {
  tiles.clear();
  place().replaceChildren();
  place().hidden = true;
}

function tileOf(identity: string): HTMLElement {
  const known = tiles.get(identity);
  if (known) return known;
  const template = byId<HTMLTemplateElement>('tile').content.firstElementChild as HTMLElement;
  const tile = document.importNode(template, true);
  tile.dataset['identity'] = identity;
  tiles.set(identity, tile);
  place().append(tile);
  return tile;
}

function update(tile: HTMLElement, participant: Participant): void {
  const name = participant.name || participant.identity;
  part(tile, 'b').textContent = participant.isLocal ? `${name} (you)` : name;
  part(tile, '.state').textContent = stateOf(participant);
  tile.classList.toggle('speaking', participant.isSpeaking);
  const picture = part(tile, '.picture');
  picture.dataset['initial'] = [...name][0]?.toUpperCase() ?? '?';
  const shown = [...participant.trackPublications.values()].filter(isPlaying);
  for (const element of picture.querySelectorAll<HTMLMediaElement>('video, audio')) {
    if (!shown.some(({ trackSid }) => trackSid === element.dataset['track'])) element.remove();
  }
  for (const { track, trackSid, source } of shown) {
    // One's own voice would be an echo.
    const isOwnSound = participant.isLocal && track?.kind === Track.Kind.Audio;
    if (track === undefined || isOwnSound || picture.querySelector(`[data-track="${CSS.escape(trackSid)}"]`)) continue;
    const element = track.attach();
    element.dataset['track'] = trackSid;
    element.classList.toggle('screen', source === Track.Source.ScreenShare);
    picture.append(element);
  }
}

const isPlaying = (publication: TrackPublication): boolean => publication.track !== undefined && !publication.isMuted;

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
