import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { userTokens } from 'livekit-edge/server';
import { EndpointService } from '../endpoint.service';

/** Verifies the user token by the settings `JWT_*`. Refuses a revoked token, and an unknown or banned user. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  private readonly authenticate = userTokens(process.env);

  constructor(@Inject(EndpointService) private readonly endpoint: EndpointService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const incoming = http.getRequest();
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, `${value}`);
    // Every user may call this route. It also counts the request for the rate limits, so it comes first.
    const health = 'http://localhost/api/livekit/health';
    const admission = await this.endpoint.app.fetch(new Request(health, { headers }), { incoming });
    const retryAfter = admission.headers.get('Retry-After');
    if (retryAfter !== null) http.getResponse().setHeader('Retry-After', retryAfter);
    if (!admission.ok) throw new HttpException(await admission.json(), admission.status);
    const caller = await this.authenticate(new Request(health, { method: incoming.method, headers }));
    if (caller === null) throw new UnauthorizedException();
    incoming.caller = caller;
    incoming.user = { id: caller.userId };
    return true;
  }
}
