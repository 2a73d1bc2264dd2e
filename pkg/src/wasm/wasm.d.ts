declare module '*/core.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*/core.base64.js' {
  const base64: string;
  export default base64;
}
