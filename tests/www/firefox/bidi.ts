/**
 * As much of WebDriver BiDi as the tests need, over Firefox's own WebSocket: Playwright drives a Firefox of its own only,
 * and asks Debian's for a command that it does not know.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS = 30_000;
const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  // It would otherwise ask the internet for updates, experiments, lists of bad sites and for whether it is there.
  'app.normandy.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:1',
  'toolkit.telemetry.enabled': false,
};

export interface Message {
  method: string;
  params: Record<string, unknown>;
}

/** Starts a Firefox with an empty profile, which ends with `stop`. */
export async function startFirefox(program: string, onEvent: (event: Message) => void) {
  const profile = mkdtempSync(join(tmpdir(), 'livekit-edge-firefox-'));
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const args = ['--headless', '--no-remote', '--remote-debugging-port', '0', '--profile', profile];
  const firefox = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } });
  const ended = once(firefox, 'exit');
  const remove = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const socket = new WebSocket(`${await address(firefox.stderr)}/session`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const send = commands(socket, onEvent);
    await send('session.new', { capabilities: {} });
    return {
      send,
      async stop() {
        await send('browser.close', {});
        await ended;
        remove();
      },
    };
  } catch (error) {
    firefox.kill('SIGKILL');
    await ended;
    remove();
    throw error;
  }
}

function address(stderr: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`Firefox does not listen: ${text}`)), START_MS).unref();
    stderr.setEncoding('utf8').on('data', (more) => {
      text += more;
      const found = text.match(/WebDriver BiDi listening on (ws:\S+)/)?.[1];
      if (found) resolve(found);
    });
  });
}

function commands(socket: WebSocket, onEvent: (event: Message) => void) {
  let last = 0;
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id === undefined || message.id === null) return onEvent(message);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  };
  return async (method: string, params: object): Promise<Record<string, unknown>> => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params }));
    const answer = await new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve));
    if (answer['type'] === 'error') throw new Error(`${method}: ${answer['error']}: ${answer['message']}`);
    return answer['result'] as Record<string, unknown>;
  };
}
