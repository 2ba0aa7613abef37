// A camera in a page: opened, chosen, looked at as JPEG, and given back. What is done with its frames is for others.

/** What the browser's refusals mean. @type {Record<string, string>} */
const REFUSED = {
  NotAllowedError: "The browser was told not to let this page use the camera. Its address bar has the switch.",
  NotFoundError: "No camera was found.",
  NotReadableError: "Another program uses the camera.",
};

export class Camera {
  /** @param {HTMLVideoElement} video @param {HTMLSelectElement} device shown where there are several @param {MediaTrackConstraints} wanted */
  constructor(video, device, wanted) {
    this.video = video;
    this.device = device;
    this.wanted = wanted;
    /** The frame that was looked at last. */
    this.frame = document.createElement("canvas");
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  /** Begin. @returns {Promise<string>} why not, in words; nothing where it plays */
  async open() {
    if (!navigator.mediaDevices) return "Browsers give cameras to secure pages only: open this page as http://127.0.0.1 or over https.";
    const { facingMode, ...others } = this.wanted;
    try {
      const which = this.device.value ? { deviceId: { exact: this.device.value } } : { facingMode };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, ...others }, audio: false });
    } catch (error) {
      return REFUSED[error instanceof Error ? error.name : ""] ?? "The camera could not be opened.";
    }
    this.video.srcObject = this.stream;
    await this.video.play();
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    this.device.hidden = cameras.length < 2;
    if (this.device.childElementCount !== cameras.length) {
      this.device.replaceChildren(...cameras.map((one, at) => new Option(one.label || `Camera ${at + 1}`, one.deviceId)));
      this.device.value = this.stream?.getVideoTracks()[0]?.getSettings().deviceId ?? this.device.value;
    }
    return "";
  }

  /** Give it back. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  /** The frame of this moment as JPEG. @param {number} most pixels @param {"short" | "long"} side of its short or long side @returns {Promise<Blob | null>} */
  snap(most, side) {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, most / (side === "short" ? Math.min(videoWidth, videoHeight) : Math.max(videoWidth, videoHeight)));
    this.frame.width = Math.round(videoWidth * scale);
    this.frame.height = Math.round(videoHeight * scale);
    this.frame.getContext("2d")?.drawImage(this.video, 0, 0, this.frame.width, this.frame.height);
    return new Promise((resolve) => this.frame.toBlob(resolve, "image/jpeg", 0.85));
  }
}
