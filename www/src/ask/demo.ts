/** The demo's users and channels, which only the dev server has. */

export interface User {
  id: string;
  name: string;
  /** In a word or two: `moderator`, `banned`. */
  about: string;
  /** Of the application, not of LiveKit. It stays in memory. */
  token: string;
}

export interface Channel {
  id: string;
  name: string;
  about: string;
}

export async function demoChoices(): Promise<{ users: User[]; channels: Channel[] }> {
  const response = await fetch('/demo/choices');
  if (!response.ok) throw new Error(`GET /demo/choices answered ${response.status}`);
  return response.json();
}

/** Whether something answers where LiveKit's server should be. */
export async function livekitAnswers(): Promise<boolean> {
  const response = await fetch('/demo/livekit');
  return response.ok && (await response.json()).answers === true;
}
