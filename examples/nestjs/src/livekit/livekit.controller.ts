import { Body, Controller, Get, Inject, Post, Req, UseGuards, ValidationPipe } from '@nestjs/common';
import type { Permission } from 'livekit-edge/server';
import { CreateTokenDto } from './dto/create-token.dto';
import type { TokenResponseDto } from './dto/token-response.dto';
import { JwtAuthGuard } from './guards/jwt-auth.guard';
import { RbacGuard } from './guards/rbac.guard';
import { LivekitService } from './livekit.service';

const validation = new ValidationPipe({ whitelist: true, expectedType: CreateTokenDto });

/** The fields that the guards add to a request. */
interface GuardedRequest {
  user: { id: string };
  permission?: Pick<Permission, 'identity' | 'name' | 'grants'>;
}

@Controller('livekit')
@UseGuards(JwtAuthGuard)
export class LivekitController {
  constructor(@Inject(LivekitService) private readonly livekitService: LivekitService) {}

  @Post('token')
  @UseGuards(RbacGuard)
  generateToken(
    @Body(validation) createTokenDto: CreateTokenDto,
    @Req() request: GuardedRequest,
  ): Promise<TokenResponseDto> {
    const asked = {
      identity: createTokenDto.identity || request.user.id,
      name: createTokenDto.name,
      grants: undefined,
    };
    // A policy may change the requested identity and name.
    const { identity, name, grants } = request.permission ?? asked;
    return this.livekitService.generateToken({ ...createTokenDto, identity, name, grants });
  }

  @Get('connection-info')
  getConnectionInfo(): { url?: string } {
    return this.livekitService.getConnectionInfo();
  }

  @Get('health')
  validateConfiguration(): { status: string; configured: boolean } {
    const configured = this.livekitService.validateConfiguration();
    return { status: configured ? 'healthy' : 'unhealthy', configured };
  }
}
