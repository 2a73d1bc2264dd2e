/** Decides who may join with a single query. Kraken's stack sends several. */
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FactsService } from './facts.service.js';
import type { UserEntity } from './jwt.strategy.js';

export const RequiredActions = (...actions: string[]) => SetMetadata('actions', actions);
export const RbacResource = (resource: { type: string; idKey: string; source: 'body' }) =>
  SetMetadata('resource', resource);

@Injectable()
export class RbacGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly facts: FactsService,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const required = this.reflector.getAllAndOverride<string[]>('actions', [context.getHandler(), context.getClass()]);
    if (!required) return true;
    const resource = this.reflector.get<{ idKey: string; source: 'body' }>('resource', context.getHandler());
    const request = context.switchToHttp().getRequest();
    const user: UserEntity = request.user;
    const id = request[resource.source]?.[resource.idKey];
    if (typeof id !== 'string') return false;
    const facts = this.facts.find(user.id, user.tokenId, id);
    if (facts.userId === null) throw new UnauthorizedException();
    if (facts.tokenRevoked) throw new UnauthorizedException('Token has been revoked');
    if (facts.banned) throw new UnauthorizedException('Account has been banned');
    if (facts.channelId === null) return false;
    if (facts.role === 'OWNER') return true;
    if (facts.isPrivate && !facts.isMember) return false;
    const actions: string[] = JSON.parse(facts.actions ?? '[]').flat();
    return required.every((action) => actions.includes(action));
  }
}
