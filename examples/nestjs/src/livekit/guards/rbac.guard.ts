import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { kraken } from 'livekit-edge/server';
import { EndpointService } from '../endpoint.service';

/** Requires `JOIN_CHANNEL` on the channel `roomId` of the body, and decides the identity and grants of the caller. */
@Injectable()
export class RbacGuard implements CanActivate {
  private readonly authorize = kraken(() => this.endpoint.store);

  constructor(@Inject(EndpointService) private readonly endpoint: EndpointService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest();
    const { roomId, identity, name, ttl } = request.body ?? {};
    const ask = { route: 'token' as const, room: roomId, isGeneratedRoom: false, identity, name, ttl };
    // Throws 400, 401, 403 or 503.
    request.permission = await this.authorize(request.caller, ask, process.env);
    return true;
  }
}
