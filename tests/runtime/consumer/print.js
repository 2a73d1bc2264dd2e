import { result } from './result.js';

console.log(JSON.stringify(await result()));
