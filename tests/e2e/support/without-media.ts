/** Runs in Chromium: a participant with one connection and no media, because LiveKit's client takes several times the CPU. */
import { SignalRequest, SignalResponse, SignalTarget } from '@livekit/protocol';

type Message = NonNullable<NonNullable<ConstructorParameters<typeof SignalRequest>[0]>['message']>;

export interface WithoutMedia {
  leave(): void;
}

/** Resolves when the server has the participant connected. */
export async function joinWithoutMedia(url: string, token: string): Promise<WithoutMedia> {
  const socket = new WebSocket(`${url}/rtc?access_token=${token}&protocol=15&auto_subscribe=0`);
  socket.binaryType = 'arraybuffer';
  const connection = new RTCPeerConnection();
  const send = (message: Message) => socket.send(new Uint8Array(new SignalRequest({ message }).toBinary()));

  async function handle({ message }: SignalResponse): Promise<void> {
    if (message.case === 'trickle') await connection.addIceCandidate(JSON.parse(message.value.candidateInit));
    if (message.case === 'offer') {
      await connection.setRemoteDescription({ type: 'offer', sdp: message.value.sdp });
      await connection.setLocalDescription();
      send({ case: 'answer', value: { type: 'answer', sdp: connection.localDescription?.sdp ?? '' } });
    }
  }

  await new Promise<void>((resolve, reject) => {
    // One after another: a candidate comes after the offer that it belongs to.
    let handled = Promise.resolve();
    socket.onmessage = ({ data }) => {
      handled = handled.then(() => handle(SignalResponse.fromBinary(new Uint8Array(data)))).catch(reject);
    };
    socket.onclose = () => reject(new Error('The server closed the connection'));
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      const value = { candidateInit: JSON.stringify(candidate), target: SignalTarget.SUBSCRIBER };
      send({ case: 'trickle', value });
    };
    // The server opens a channel for data once it is connected.
    connection.ondatachannel = () => resolve();
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') reject(new Error('The participant did not connect'));
    };
  });
  return {
    leave() {
      if (socket.readyState === WebSocket.OPEN) send({ case: 'leave', value: {} });
      socket.close();
      connection.close();
    },
  };
}
