/** The demo's users and rooms, which only the dev server has. */

export interface DemoUser {
  id: string;
  name: string;
  /** In a word or two: `moderator`, `banned`. */
  about: string;
  /** Of the application, not of LiveKit. It stays in memory. */
  token: string;
}

/** A channel or a group of direct messages. */
export interface DemoRoom {
  id: string;
  name: string;
  about: string;
}

export interface DemoChoices {
  users: DemoUser[];
  channels: DemoRoom[];
  groups: DemoRoom[];
}

export async function demoChoices(): Promise<DemoChoices> {
  const response = await fetch('/demo/choices');
  if (!response.ok) throw new Error(`GET /demo/choices answered ${response.status}`);
  return response.json();
}

/** Whether a server listens where LiveKit's server should. */
export async function livekitAnswers(): Promise<boolean> {
  const response = await fetch('/demo/livekit').catch(() => undefined);
  return response?.ok === true && (await response.json()).answers === true;
}
