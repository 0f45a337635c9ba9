publish
end
