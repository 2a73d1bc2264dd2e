import { result } from './result.js';

globalThis.result = result();
