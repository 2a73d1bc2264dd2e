import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { nodeHandler } from 'livekit-edge/node';
import { EndpointService } from './endpoint.service';

/** Passes the routes that the specification does not have to the endpoint: webhooks, muting, presence, direct messages. */
@Controller('livekit')
export class EndpointController {
  private readonly handle = nodeHandler({
    fetch: (request, connection) => this.endpoint.app.fetch(request, connection),
  });

  constructor(@Inject(EndpointService) private readonly endpoint: EndpointService) {}

  @All('*path')
  answer(@Req() request: Request, @Res() response: Response): void {
    this.handle(request, response);
  }
}
