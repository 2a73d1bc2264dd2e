/** The rules of the endpoint in the WebAssembly module, with the prepared keys of one set of settings. */
import { type Settings, settingsText } from '../config.js';
import type { Endpoint, EndpointDescription } from '../wasm/generated/livekit_edge.js';
import { Handle } from '../wasm/instance.js';

/** The rules for one set of settings. */
export type Rules = Handle<Endpoint, EndpointDescription>;

/** Creates the rules for the settings of an environment. */
export const createRules = (settings: Settings): Rules =>
  new Handle(
    ({ Endpoint }) => new Endpoint(settingsText(settings)),
    // Without a prototype, because `Object.prototype` could have a property `jwksUrl`.
    (endpoint) => Object.setPrototypeOf(endpoint.describe(), null),
  );
