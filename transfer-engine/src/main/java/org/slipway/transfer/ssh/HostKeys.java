package org.slipway.transfer.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;
import org.slipway.model.HostAddress;

/**
 * The keys that a server may show: the pinned ones, or where none are pinned those of the known_hosts file.
 *
 * @param trusted keys that are accepted; empty when the server is not known
 * @param revoked keys that known_hosts marks as revoked
 * @param source where the keys come from, for messages
 */
record HostKeys(List<PublicKey> trusted, List<PublicKey> revoked, String source) {

    private static final int SSH_PORT = 22;

    /**
     * @throws UnreadableKeysException when a pinned key or the file cannot be read
     */
    static HostKeys of(HostAddress address, @Nullable Path knownHosts) throws UnreadableKeysException {
        if (!address.hostKeys().isEmpty()) {
            List<PublicKey> pinned = new ArrayList<>();
            for (String line : address.hostKeys()) {
                pinned.add(parse(line, "the pinned host key of " + address.name()));
            }
            return new HostKeys(pinned, List.of(), "the inventory");
        }
        if (knownHosts == null) {
            return new HostKeys(List.of(), List.of(), "the inventory");
        }
        List<PublicKey> trusted = new ArrayList<>();
        List<PublicKey> revoked = new ArrayList<>();
        for (KnownHostEntry entry : entries(knownHosts)) {
            String marker = entry.getMarker();
            boolean plain = marker == null || marker.isEmpty();
            boolean matches = entry.isHostMatch(address.host(), address.port());
            if (plain && matches) {
                trusted.add(resolve(entry.getKeyEntry(), knownHosts.toString()));
            } else if ("revoked".equals(marker) && (matches || entry.isHostMatch(address.host(), SSH_PORT))) {
                // A pattern without a port means every port where it forbids.
                revoked.add(resolve(entry.getKeyEntry(), knownHosts.toString()));
            }
        }
        return new HostKeys(trusted, revoked, knownHosts.toString());
    }

    boolean trusts(PublicKey shown) {
        return trusted.stream().anyMatch(key -> KeyUtils.compareKeys(key, shown))
                && revoked.stream().noneMatch(key -> KeyUtils.compareKeys(key, shown));
    }

    /** The signature algorithms to offer, so that a server shows the key of a kind that is known here; all sound ones where none is. */
    List<NamedFactory<Signature>> signatures() {
        Set<BuiltinSignatures> offered = new LinkedHashSet<>();
        for (PublicKey key : trusted) {
            String type = KeyUtils.getKeyType(key);
            if (type != null) {
                switch (type) {
                    case "ssh-ed25519" -> offered.add(BuiltinSignatures.ed25519);
                    case "ecdsa-sha2-nistp256" -> offered.add(BuiltinSignatures.nistp256);
                    case "ecdsa-sha2-nistp384" -> offered.add(BuiltinSignatures.nistp384);
                    case "ecdsa-sha2-nistp521" -> offered.add(BuiltinSignatures.nistp521);
                    case "ssh-rsa" -> {
                        offered.add(BuiltinSignatures.rsaSHA512);
                        offered.add(BuiltinSignatures.rsaSHA256);
                    }
                    default -> {}
                }
            }
        }
        return offered.isEmpty() ? allSignatures() : supported(offered);
    }

    /** Every signature algorithm that is sound; SHA-1 is not among them. */
    static List<NamedFactory<Signature>> allSignatures() {
        return supported(List.of(
                BuiltinSignatures.ed25519,
                BuiltinSignatures.nistp256,
                BuiltinSignatures.nistp384,
                BuiltinSignatures.nistp521,
                BuiltinSignatures.rsaSHA512,
                BuiltinSignatures.rsaSHA256));
    }

    private static List<NamedFactory<Signature>> supported(Collection<BuiltinSignatures> signatures) {
        return signatures.stream()
                .filter(BuiltinSignatures::isSupported)
                .<NamedFactory<Signature>>map(signature -> signature)
                .toList();
    }

    /** The fingerprints of the trusted keys. */
    String fingerprints() {
        return trusted.stream().map(HostKeys::fingerprint).collect(Collectors.joining(" or "));
    }

    /** Such as {@code ssh-ed25519 SHA256:…}. */
    static String fingerprint(PublicKey key) {
        try {
            return KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
        } catch (Exception e) {
            throw new IllegalStateException("SHA-256 of a host key", e);
        }
    }

    private static List<KnownHostEntry> entries(Path knownHosts) throws UnreadableKeysException {
        try {
            return Files.exists(knownHosts) ? KnownHostEntry.readKnownHostEntries(knownHosts) : List.of();
        } catch (IOException | RuntimeException e) {
            throw new UnreadableKeysException(
                    "the known_hosts file " + knownHosts + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static PublicKey parse(String line, String what) throws UnreadableKeysException {
        try {
            return resolve(AuthorizedKeyEntry.parseAuthorizedKeyEntry(line.strip()), what);
        } catch (RuntimeException e) {
            throw new UnreadableKeysException(what + " is not of the form 'ssh-ed25519 AAAA…'", e);
        }
    }

    private static PublicKey resolve(@Nullable AuthorizedKeyEntry entry, String what) throws UnreadableKeysException {
        try {
            PublicKey key = entry == null ? null : entry.resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
            if (key == null) {
                throw new UnreadableKeysException(what + " holds no key", null);
            }
            return key;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new UnreadableKeysException(what + " cannot be read: " + e.getMessage(), e);
        }
    }

    static final class UnreadableKeysException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableKeysException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
