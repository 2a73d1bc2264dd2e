import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { LivekitException } from 'livekit-edge';

export { LivekitException };

/** Answers an error of livekit-edge with its own status and body. */
@Catch(LivekitException)
export class LivekitExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger(LivekitException.name);

  catch({ status, code, reason, body }: LivekitException, host: ArgumentsHost): void {
    if (status >= 500) this.logger.error(`Request failed: ${code} ${reason ?? ''}`);
    host.switchToHttp().getResponse<Response>().status(status).json(body);
  }
}
