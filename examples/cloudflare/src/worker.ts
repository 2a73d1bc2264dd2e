export { default } from 'livekit-edge/cloudflare';
