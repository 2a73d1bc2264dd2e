import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { LivekitModule } from './livekit/livekit.module';

@Module({ imports: [ConfigModule.forRoot({ isGlobal: true }), LivekitModule] })
export class AppModule {}
