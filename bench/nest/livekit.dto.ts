import { IsNotEmpty, IsNumber, IsOptional, IsString, Min } from 'class-validator';

export class CreateTokenDto {
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  identity?: string;

  @IsString()
  @IsNotEmpty()
  roomId: string;

  @IsOptional()
  @IsString()
  name?: string;

  @IsOptional()
  @IsNumber()
  @Min(1)
  ttl?: number;
}

export class TokenResponseDto {
  token: string;
  identity: string;
  roomId: string;
  url?: string | undefined;
  expiresAt?: Date;
}
