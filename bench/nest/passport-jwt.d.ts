declare module 'passport-jwt';
