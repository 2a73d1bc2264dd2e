import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { userTokens } from 'livekit-edge/server';

/** Verifies the user token by the settings `JWT_*`. Whether it was revoked, the tables know: see `RbacGuard`. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  private readonly authenticate = userTokens(process.env);

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest();
    const headers = new Headers();
    for (const name of ['authorization', 'cookie', 'content-type']) headers.set(name, request.headers[name] ?? '');
    const caller = await this.authenticate(new Request('http://localhost/', { method: request.method, headers }));
    if (caller === null) throw new UnauthorizedException();
    request.caller = caller;
    request.user = { id: caller.userId };
    return true;
  }
}
