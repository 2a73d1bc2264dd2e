import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { AccessToken, type VideoGrant, validateConfiguration } from 'livekit-edge';
import type { CreateTokenDto } from './dto/create-token.dto';
import type { TokenResponseDto } from './dto/token-response.dto';
import { LivekitException } from './exceptions/livekit.exception';

/** A request whose caller may join the room. Without `grants`, the token has all grants of the specification. */
export type TokenRequest = CreateTokenDto & { identity: string; grants?: VideoGrant };

const FULL: VideoGrant = { canPublish: true, canSubscribe: true, canPublishData: true };
const DEFAULT_TTL = 3600;
const DEFAULT_MAX_TTL = 86_400;

@Injectable()
export class LivekitService implements OnModuleInit {
  private readonly logger = new Logger(LivekitService.name);

  constructor(@Inject(ConfigService) private readonly configService: ConfigService) {}

  onModuleInit(): void {
    this.validateConfiguration();
  }

  async generateToken({ identity, roomId, name, ttl, grants = FULL }: TokenRequest): Promise<TokenResponseDto> {
    const { apiKey, apiSecret, url } = this.settings();
    if (!apiKey || !apiSecret) throw new LivekitException('LiveKit credentials not configured');
    const max = this.seconds('LIVEKIT_MAX_TTL', DEFAULT_MAX_TTL);
    const seconds = Math.floor(Math.min(ttl ?? this.seconds('LIVEKIT_TOKEN_TTL', DEFAULT_TTL), max));
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + seconds) * 1000);
    const token = new AccessToken(apiKey, apiSecret, { identity, name: name || identity, ttl: seconds });
    token.addGrant({ ...grants, room: roomId, roomJoin: true });
    return { token: await token.toJwt(), identity, roomId, url, expiresAt };
  }

  getConnectionInfo(): { url?: string } {
    return { url: this.settings().url };
  }

  validateConfiguration(): boolean {
    const isComplete = validateConfiguration(this.settings());
    if (isComplete) this.logger.log('LiveKit configuration validated successfully');
    else this.logger.warn('LiveKit configuration incomplete');
    return isComplete;
  }

  private seconds(name: string, otherwise: number): number {
    return Number(this.configService.get(name)) || otherwise;
  }

  private settings() {
    const apiKey = this.configService.get<string>('LIVEKIT_API_KEY');
    const apiSecret = this.configService.get<string>('LIVEKIT_API_SECRET');
    const url = this.configService.get<string>('LIVEKIT_URL');
    return { apiKey, apiSecret, url };
  }
}
