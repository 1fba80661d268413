import { recall, remember } from "@/lib/storage";

const CHOICE = "sound";

/** Whether this browser makes a sound. */
export const hasSound = () => recall<boolean>(CHOICE) === true;

export const chooseSound = (wanted: boolean) => remember(CHOICE, wanted);

/** Two tones: up where somebody is waited for, down where something is over. */
export async function play(isWaiting: boolean): Promise<void> {
  const audio = new AudioContext();
  // Without a press of this page the browser is mute.
  if (audio.state === "suspended") await audio.resume();
  const [first, second] = isWaiting ? [660, 880] : [660, 495];
  tone(audio, first, audio.currentTime);
  tone(audio, second, audio.currentTime + 0.14).onended = () => void audio.close();
}

function tone(audio: AudioContext, hertz: number, at: number): OscillatorNode {
  const loudness = new GainNode(audio, { gain: 0 });
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.2, at + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
  const oscillator = new OscillatorNode(audio, { frequency: hertz });
  oscillator.connect(loudness).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.25);
  return oscillator;
}
