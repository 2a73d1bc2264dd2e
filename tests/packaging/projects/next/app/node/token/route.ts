import { endpoint } from '../../../endpoint';

export const runtime = 'nodejs';
export const POST = endpoint('/node');
