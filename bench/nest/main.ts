/** Kraken's stack on NestJS, to compare with. Settings come from the environment. */
import 'reflect-metadata';
import { Module, ValidationPipe } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { FactsService } from './facts.service.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LivekitController } from './livekit.controller.js';
import { LivekitService } from './livekit.service.js';
import { RbacGuard } from './rbac.guard.js';

@Module({
  // With the cache, settings are not read from the environment for every token.
  imports: [ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, cache: true }), PassportModule],
  controllers: [LivekitController],
  providers: [LivekitService, FactsService, JwtStrategy, RbacGuard],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
app.setGlobalPrefix('api');
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(Number(process.env['PORT']), process.env['HOST'] ?? '');
