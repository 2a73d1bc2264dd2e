import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type OpenStore, openStore } from 'livekit-edge/node';

/** Kraken's tables: `DATABASE_URL`, else the file `SQLITE_PATH`. */
@Injectable()
export class StoreService implements OnModuleInit, OnApplicationShutdown {
  store: OpenStore;

  async onModuleInit(): Promise<void> {
    this.store = await openStore(process.env);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
