/** Issues tokens as Kraken's LiveKit module does. */
import { HttpException, HttpStatus, Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { AccessToken } from 'livekit-server-sdk';
import type { CreateTokenDto, TokenResponseDto } from './livekit.dto.js';

export class LivekitException extends HttpException {
  constructor(message: string, status: HttpStatus = HttpStatus.INTERNAL_SERVER_ERROR) {
    super(message, status);
  }
}

@Injectable()
export class LivekitService {
  private readonly logger = new Logger(LivekitService.name);

  constructor(private readonly configService: ConfigService) {}

  async generateToken(createTokenDto: CreateTokenDto & { identity: string }): Promise<TokenResponseDto> {
    const { identity, roomId, name, ttl } = createTokenDto;
    const apiKey = this.configService.get<string>('LIVEKIT_API_KEY');
    const apiSecret = this.configService.get<string>('LIVEKIT_API_SECRET');
    const livekitUrl = this.configService.get<string>('LIVEKIT_URL');
    if (!apiKey || !apiSecret) throw new LivekitException('LiveKit credentials not configured');
    try {
      const tokenTtl = ttl || 3600;
      const token = new AccessToken(apiKey, apiSecret, { identity, name: name || identity, ttl: tokenTtl });
      token.addGrant({
        room: roomId,
        roomJoin: true,
        canPublish: true,
        canSubscribe: true,
        canPublishData: true,
      });
      const jwt = await token.toJwt();
      this.logger.log(`Generated token for user ${identity} in room ${roomId}`);
      return { token: jwt, identity, roomId, url: livekitUrl, expiresAt: new Date(Date.now() + tokenTtl * 1000) };
    } catch (error) {
      this.logger.error('Failed to generate LiveKit token', error);
      throw new LivekitException('Failed to generate token');
    }
  }
}
