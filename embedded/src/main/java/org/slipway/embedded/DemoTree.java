package org.slipway.embedded;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import javax.imageio.ImageIO;

/** A small web site with everything in it that a copy can get wrong, and that a real site has. */
public final class DemoTree {

    /** What the demo releases: a file and a directory. */
    public static final List<String> RELEASED = List.of("index.html", "assets");

    private static final Instant LAUNCHED = Instant.parse("2024-05-17T09:30:00Z");

    private DemoTree() {}

    /** Makes the site in the directory, which is made when it is missing. What is there already stays. */
    public static void create(Path site) {
        try {
            write(site, "index.html", page("Harbour Coffee", "Roasted on the quay since 1998."));
            write(site, "about/index.html", page("About us", "Four people, one roaster and a view of the cranes."));
            write(site, "about/opening hours.html", page("Opening hours", "Every day from seven."));
            write(site, "about/münchen – größe.html", page("Grüße", "Auch in München."));
            write(site, "robots.txt", "User-agent: *\nAllow: /\n");
            write(site, "assets/site.css", """
                    :root { color-scheme: light dark; }
                    body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; }
                    img { max-width: 100%; height: auto; }
                    """);
            write(site, "assets/js/site.js", """
                    document.querySelectorAll("[data-year]").forEach((element) => {
                      element.textContent = new Date().getFullYear();
                    });
                    """);
            write(site, "assets/images/logo.svg", """
                    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Harbour Coffee">
                      <path d="M12 20h32v16a16 16 0 0 1-32 0z" fill="#5b3a1e"/>
                      <path d="M44 24h6a6 6 0 0 1 0 12h-6" fill="none" stroke="#5b3a1e" stroke-width="4"/>
                    </svg>
                    """);
            write(site, "assets/images/quay.png", picture(640, 360));
            write(site, "assets/images/quay, small.png", picture(160, 90));
            write(site, "assets/.nojekyll", new byte[0]);
            write(site, "assets/fonts/LICENSE.txt", "The site uses the fonts of the reader's system.\n");
            Files.createDirectories(site.resolve("assets/downloads"));
            write(site, "bin/rebuild-index.sh", "#!/bin/sh\nset -eu\nfind . -name '*.html' | sort > sitemap.txt\n");
            Files.setPosixFilePermissions(
                    site.resolve("bin/rebuild-index.sh"), PosixFilePermissions.fromString("rwxr-x--x"));
            link(site, "assets/images/current.png", "quay.png");
            link(site, "assets/site-latest.css", "site.css");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Makes the next release worth making: a file comes with it. Whatever the user changed stays. */
    public static void change(Path site, int number) {
        try {
            Files.createDirectories(site.resolve("assets/news"));
            Files.writeString(site.resolve("assets/news/" + number + ".txt"), "News of release " + number + ".\n");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static String page(String title, String text) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                  <meta charset="utf-8">
                  <title>%s</title>
                  <link rel="stylesheet" href="/assets/site.css">
                  <script defer src="/assets/js/site.js"></script>
                </head>
                <body>
                  <img src="/assets/images/logo.svg" alt="" width="64">
                  <h1>%s</h1>
                  <p>%s</p>
                  <img src="/assets/images/current.png" alt="The quay in the morning">
                  <footer>© <span data-year>2024</span></footer>
                </body>
                </html>
                """.formatted(title, title, text);
    }

    private static byte[] picture(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, new Color(0xf6c27a), 0, height, new Color(0x2b4c7e)));
        graphics.fillRect(0, 0, width, height);
        graphics.setPaint(new Color(0x1b2a41));
        for (int x = width / 12; x < width; x += width / 5) {
            graphics.fillRect(x, height / 3, width / 60, height / 2);
            graphics.fillRect(x - width / 20, height / 3, width / 7, height / 60);
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static void write(Path site, String path, String content) throws IOException {
        write(site, path, content.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path site, String path, byte[] content) throws IOException {
        Path file = site.resolve(path);
        if (!Files.exists(file)) {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            Files.setLastModifiedTime(file, FileTime.from(LAUNCHED.plusSeconds(path.length() * 3600L)));
        }
    }

    private static void link(Path site, String path, String target) throws IOException {
        Path link = site.resolve(path);
        if (!Files.isSymbolicLink(link)) {
            Files.createSymbolicLink(link, Path.of(target));
        }
    }
}
