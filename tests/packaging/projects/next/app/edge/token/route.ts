import { endpoint } from '../../../endpoint';

export const runtime = 'edge';
export const POST = endpoint('/edge');
