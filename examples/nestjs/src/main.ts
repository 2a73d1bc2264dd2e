import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const origin = process.env.CORS_ORIGINS?.split(',') ?? false;
  // `rawBody` keeps the bytes of parsed bodies, which the endpoint needs.
  const app = await NestFactory.create(AppModule, { rawBody: true, cors: { origin } });
  app.setGlobalPrefix('api');
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000, process.env.HOST ?? '0.0.0.0');
  console.log(`Listening on ${await app.getUrl()}`);
}

void bootstrap();
