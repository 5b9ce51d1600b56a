// Two rising tones, two equal ones, one low: told apart with the eyes elsewhere.
const TONES = { good: [660, 990], warn: [520, 520], bad: [150, 110] };
let audio;

export function sound(mood) {
  audio ??= new AudioContext();
  TONES[mood].forEach((frequency, index) => {
    const tone = new OscillatorNode(audio, { frequency, type: mood === "bad" ? "sawtooth" : "sine" });
    const gain = new GainNode(audio, { gain: 0.25 });
    tone.connect(gain).connect(audio.destination);
    tone.start(audio.currentTime + index * 0.16);
    tone.stop(audio.currentTime + index * 0.16 + (mood === "bad" ? 0.3 : 0.14));
  });
  navigator.vibrate?.(mood === "good" ? 80 : [120, 80, 120]);
}
