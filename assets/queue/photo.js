// A photo is drawn anew, smaller: less to send, and nothing of where it was taken or by which phone is in it.
(function () {
  "use strict";
  const { queue } = window.onescreen, { most_pixels, most_bytes } = queue.told.photos;
  // Drawn at this quality, or the next that fits; then half as large.
  const QUALITIES = [0.82, 0.7, 0.55, 0.4];

  const drawn = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

  // The photo as JPEG within the limits; fails where the browser cannot read it.
  queue.smaller = async function (file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    let share = Math.min(1, most_pixels / Math.max(picture.width, picture.height));
    for (;; share /= 2) {
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * share));
      canvas.height = Math.max(1, Math.round(picture.height * share));
      const brush = canvas.getContext("2d");
      brush.fillStyle = "#fff"; // what was clear in a PNG
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
      for (const quality of QUALITIES) {
        const made = await drawn(canvas, quality);
        if (made && made.size <= most_bytes) return made;
      }
    }
  };
})();
