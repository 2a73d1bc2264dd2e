import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createApp, type FetchApp, type OpenStore, openStore } from 'livekit-edge/node';

/** The endpoint and its store: PostgreSQL at `DATABASE_URL`, else the SQLite file `SQLITE_PATH`. */
@Injectable()
export class EndpointService implements OnModuleInit, OnApplicationShutdown {
  store: OpenStore;
  app: FetchApp;

  async onModuleInit(): Promise<void> {
    this.store = await openStore(process.env);
    this.app = await createApp({ store: this.store });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
