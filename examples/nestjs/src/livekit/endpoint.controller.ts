import { All, Controller, Inject, type OnApplicationBootstrap, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createApp, type NodeHandler, nodeHandler } from 'livekit-edge/node';
import { StoreService } from './store.service';

/** The routes that the specified module does not have: webhooks, muting, presence, direct messages, LiveKit's clients. */
@Controller('livekit')
export class EndpointController implements OnApplicationBootstrap {
  private endpoint: NodeHandler;

  constructor(@Inject(StoreService) private readonly stores: StoreService) {}

  async onApplicationBootstrap(): Promise<void> {
    this.endpoint = nodeHandler(await createApp({ store: this.stores.store }));
  }

  @All('*path')
  answer(@Req() request: Request, @Res() response: Response): void {
    this.endpoint(request, response);
  }
}
