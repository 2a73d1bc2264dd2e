import { Body, Controller, Get, Inject, Post, Req, UseGuards, ValidationPipe } from '@nestjs/common';
import type { VideoGrant } from 'livekit-edge';
import { CreateTokenDto } from './dto/create-token.dto';
import type { TokenResponseDto } from './dto/token-response.dto';
import { JwtAuthGuard } from './guards/jwt-auth.guard';
import { RbacGuard } from './guards/rbac.guard';
import { LivekitService } from './livekit.service';

const validation = new ValidationPipe({ whitelist: true, expectedType: CreateTokenDto });

/** What the guards add to a request. */
interface GuardedRequest {
  user: { id: string };
  grants?: VideoGrant;
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
    const identity = createTokenDto.identity || request.user.id;
    return this.livekitService.generateToken({ ...createTokenDto, identity, grants: request.grants });
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
