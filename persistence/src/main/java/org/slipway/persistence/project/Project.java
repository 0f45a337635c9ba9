package org.slipway.persistence.project;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** One release train: its servers, its paths, its order of releases. */
@Entity
@Table(name = "project")
public class Project {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @Column(updatable = false)
    private String name;

    @Column(name = "inventory_version")
    private long inventoryVersion;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Project() {}

    /** A new project. */
    public Project(String name) {
        this.name = name;
    }

    public long id() {
        return id;
    }

    /** The name in URLs, Kafka keys and logs: lower-case letters, digits, {@code . _ -}. */
    public String name() {
        return name;
    }

    /** Grows with every change of the inventory. */
    public long inventoryVersion() {
        return inventoryVersion;
    }

    /** Notes that the inventory changed. */
    public void inventoryChanged() {
        inventoryVersion++;
    }
}
