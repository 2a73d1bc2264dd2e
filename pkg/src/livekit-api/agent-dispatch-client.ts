/** Client of LiveKit's agent dispatch API, with the API of LiveKit's SDK. */
import {
  AgentDispatch,
  CreateAgentDispatchRequest,
  DeleteAgentDispatchRequest,
  type JobRestartPolicy,
  ListAgentDispatchRequest,
  ListAgentDispatchResponse,
} from '@livekit/protocol';
import type { ClientOptions } from './client-options.js';
import { parseMessage, picked } from './messages.js';
import { ServiceClient } from './service-client.js';

/** Options of {@link AgentDispatchClient.createDispatch}. */
export interface CreateDispatchOptions {
  /** Free text for the agent's job. */
  metadata?: string;
  /** Whether a failed job is restarted (LiveKit Cloud). */
  restartPolicy?: JobRestartPolicy;
  /** Deployment of the agent that gets the job; the default is the production deployment. */
  deployment?: string;
}

/**
 * Dispatches agents to rooms. Errors and tokens are as for {@link RoomServiceClient}.
 *
 * @example
 * ```ts
 * import { AgentDispatchClient } from 'livekit-edge';
 *
 * const agents = new AgentDispatchClient('wss://livekit.example.com', 'devkey', 'secret');
 * const { id } = await agents.createDispatch('channel-abc123', 'assistant', { metadata: '{"language":"en"}' });
 * await agents.deleteDispatch(id, 'channel-abc123');
 * ```
 */
export class AgentDispatchClient extends ServiceClient {
  /**
   * @param host - URL of the server: ws, wss, http or https
   * @param apiKey - the default is `LIVEKIT_API_KEY` of the environment
   * @param secret - the default is `LIVEKIT_API_SECRET` of the environment
   * @throws {@link LivekitException} if the URL is invalid, or key or secret are missing and there is no `token`
   */
  constructor(host: string, apiKey?: string, secret?: string, options?: ClientOptions) {
    super('AgentDispatchService', host, apiKey, secret, options);
  }

  /** Dispatches the agent `agentName` to a room. */
  async createDispatch(roomName: string, agentName: string, options?: CreateDispatchOptions): Promise<AgentDispatch> {
    const request = () =>
      new CreateAgentDispatchRequest({
        room: roomName,
        agentName,
        ...picked(options, ['metadata', 'restartPolicy', 'deployment']),
      });
    return parseMessage(AgentDispatch, await this.call('CreateDispatch', { roomAdmin: true, room: roomName }, request));
  }

  /** Ends a dispatch. */
  async deleteDispatch(dispatchId: string, roomName: string): Promise<void> {
    const request = () => new DeleteAgentDispatchRequest({ dispatchId, room: roomName });
    await this.call('DeleteDispatch', { roomAdmin: true, room: roomName }, request);
  }

  /** Returns a dispatch; `undefined` if the room has no dispatch with this id. */
  async getDispatch(dispatchId: string, roomName: string): Promise<AgentDispatch | undefined> {
    const [dispatch] = await this.list(roomName, () => new ListAgentDispatchRequest({ dispatchId, room: roomName }));
    return dispatch;
  }

  /** Returns all dispatches of a room. */
  async listDispatch(roomName: string): Promise<AgentDispatch[]> {
    return this.list(roomName, () => new ListAgentDispatchRequest({ room: roomName }));
  }

  private async list(room: string, request: () => ListAgentDispatchRequest): Promise<AgentDispatch[]> {
    const answer = await this.call('ListDispatch', { roomAdmin: true, room }, request);
    return parseMessage(ListAgentDispatchResponse, answer).agentDispatches;
  }
}
