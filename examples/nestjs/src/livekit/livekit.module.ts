import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EndpointController } from './endpoint.controller';
import { EndpointService } from './endpoint.service';
import { LivekitExceptionFilter } from './exceptions/livekit.exception';
import { LivekitController } from './livekit.controller';
import { LivekitService } from './livekit.service';

@Module({
  // The order matters: the last controller answers all other paths.
  controllers: [LivekitController, EndpointController],
  providers: [LivekitService, EndpointService, { provide: APP_FILTER, useClass: LivekitExceptionFilter }],
  exports: [LivekitService],
})
export class LivekitModule {}
