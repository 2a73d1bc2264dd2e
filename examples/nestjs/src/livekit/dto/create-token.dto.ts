import { IsNotEmpty, IsNumber, IsOptional, IsString, Min } from 'class-validator';

export class CreateTokenDto {
  /** Identity of the participant; the default is the id of the user. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  identity?: string;

  /** Room, which is a channel's id. */
  @IsString()
  @IsNotEmpty()
  roomId: string;

  /** Display name; the default is the identity. */
  @IsOptional()
  @IsString()
  name?: string;

  /** TTL in seconds. */
  @IsOptional()
  @IsNumber()
  @Min(1)
  ttl?: number;
}
