import { Body, Controller, Post, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { UserEntity } from './jwt.strategy.js';
import { CreateTokenDto } from './livekit.dto.js';
import { LivekitService } from './livekit.service.js';
import { RbacGuard, RbacResource, RequiredActions } from './rbac.guard.js';

@Controller('livekit')
@UseGuards(AuthGuard('jwt'), RbacGuard)
export class LivekitController {
  constructor(private readonly livekitService: LivekitService) {}

  @Post('token')
  @RequiredActions('JOIN_CHANNEL')
  @RbacResource({ type: 'CHANNEL', idKey: 'roomId', source: 'body' })
  generateToken(@Body() createTokenDto: CreateTokenDto, @Req() req: { user: UserEntity }) {
    return this.livekitService.generateToken({
      ...createTokenDto,
      identity: createTokenDto.identity || req.user.id,
    });
  }
}
