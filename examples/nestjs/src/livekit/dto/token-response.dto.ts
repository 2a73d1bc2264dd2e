export class TokenResponseDto {
  token: string;
  identity: string;
  roomId: string;
  url?: string;
  expiresAt?: Date;
}
