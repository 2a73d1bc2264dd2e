export { app as default } from './endpoint.js';
