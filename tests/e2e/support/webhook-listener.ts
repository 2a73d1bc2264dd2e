/** Receives the webhooks of a server unchanged, for the test to check. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Webhook {
  readonly authorization: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** The body, not verified. */
  readonly json: WebhookJson;
}

/** The fields that are read from a body that is not verified. */
export interface WebhookJson {
  readonly event: string;
  readonly room?: { readonly name: string; readonly sid: string };
  readonly participant?: { readonly identity: string; readonly sid: string };
}

const ARRIVES_MS = 60_000;

export async function startWebhookListener() {
  const webhooks: Webhook[] = [];
  /** The status with which the next webhooks are answered. */
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const { authorization = '', 'content-type': contentType = '' } = request.headers;
    webhooks.push({ authorization, contentType, bytes, json: JSON.parse(bytes.toString()) });
    response.writeHead(answers.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    webhooks,
    answers,
    /** Waits for a webhook of a room about a participant. */
    async arrives(event: string, room: string, identity?: string): Promise<Webhook> {
      const deadline = performance.now() + ARRIVES_MS;
      for (;;) {
        const found = webhooks.find(
          ({ json }) =>
            json.event === event &&
            json.room?.name === room &&
            (identity === undefined || json.participant?.identity === identity),
        );
        if (found !== undefined) return found;
        const events = webhooks.map(({ json }) => `${json.event} ${json.participant?.identity ?? ''}`);
        assert.ok(performance.now() < deadline, `${event} of ${room} never came; ${events}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type WebhookListener = Awaited<ReturnType<typeof startWebhookListener>>;
