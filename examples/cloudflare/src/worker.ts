export { default, PresenceRoom } from 'livekit-edge/cloudflare';
