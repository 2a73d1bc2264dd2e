/** The rules of the endpoint in the WebAssembly module, with the keys of one set of settings prepared. */
import { type Settings, settingsText } from '../config.js';
import type { Endpoint, EndpointDescription } from '../wasm/generated/livekit_edge.js';
import { Handle } from '../wasm/instance.js';

/** The rules with one set of settings. */
export type Rules = Handle<Endpoint, EndpointDescription>;

/** The rules with the settings of an environment. */
export const createRules = (settings: Settings): Rules =>
  new Handle(
    ({ Endpoint }) => new Endpoint(settingsText(settings)),
    // Without a prototype, so that a property of `Object.prototype` is not read as `jwksUrl`.
    (endpoint) => Object.setPrototypeOf(endpoint.describe(), null),
  );
